import type * as sdk from '@aws-sdk/client-workdocs';
import { defined } from '@holdfast/core/model/defined.ts';
import { SiteRefusal } from '../memory/site-refusal.ts';
import { allowed, type Call, checkOrganization, cut, given, type Handlers, numbered } from './call.ts';
import { refOf } from './handle-documents.ts';
import { commentShape, principalShapes } from './shapes.ts';

/** By organization: a server has one. */
const subscriptions = new WeakMap<object, sdk.Subscription[]>();

/** Comments, permissions, labels, custom metadata, subscriptions. */
export const sharingHandlers = {
  DescribeComments(input: sdk.DescribeCommentsRequest, call: Call): sdk.DescribeCommentsResponse {
    const { documentId, versionId } = refOf(input, call);
    const { model } = call.site;
    const { items, ...page } = cut(numbered(model.version(documentId, versionId).comments), input, call);
    return { Comments: items.map(({ item }) => commentShape(model, item)), ...page };
  },

  CreateComment(input: sdk.CreateCommentRequest, call: Call): sdk.CreateCommentResponse {
    const { model } = call.site;
    const { ParentId: parentId, ThreadId: threadId, Visibility: visibility } = input;
    const options = { by: call.caller, ...defined({ parentId, threadId, visibility }) };
    const comment = model.comment(refOf(input, call), given(input.Text, 'Text'), options);
    return { Comment: commentShape(model, comment) };
  },

  DeleteComment(input: sdk.DeleteCommentRequest, call: Call): object {
    call.site.model.deleteComment(refOf(input, call), given(input.CommentId, 'CommentId'));
    return {};
  },

  DescribeResourcePermissions(
    input: sdk.DescribeResourcePermissionsRequest,
    call: Call,
  ): sdk.DescribeResourcePermissionsResponse {
    const id = allowed(call, input.ResourceId, 'ResourceId');
    const all = principalShapes(call.site.model, id).filter(
      ({ Id }) => input.PrincipalId === undefined || Id === input.PrincipalId,
    );
    const { items, ...page } = cut(all, input, call);
    return { Principals: items.map(({ order: _, ...principal }) => principal), ...page };
  },

  AddResourcePermissions(
    input: sdk.AddResourcePermissionsRequest,
    call: Call,
  ): sdk.AddResourcePermissionsResponse {
    const id = allowed(call, input.ResourceId, 'ResourceId');
    return {
      ShareResults: (input.Principals ?? []).map(({ Id, Type, Role }) => {
        call.site.model.share(id, given(Id, 'Id'), given(Role, 'Role'), given(Type, 'Type'), call.caller);
        return { PrincipalId: Id, Role, Status: 'SUCCESS', ShareId: id, StatusMessage: '' };
      }),
    };
  },

  RemoveResourcePermission(input: sdk.RemoveResourcePermissionRequest, call: Call): object {
    const id = allowed(call, input.ResourceId, 'ResourceId');
    call.site.model.unshare(id, given(input.PrincipalId, 'PrincipalId'), call.caller);
    return {};
  },

  RemoveAllResourcePermissions(input: sdk.RemoveAllResourcePermissionsRequest, call: Call): object {
    const id = allowed(call, input.ResourceId, 'ResourceId');
    for (const principal of [...call.site.model.resource(id).grants.keys()])
      call.site.model.unshare(id, principal, call.caller);
    return {};
  },

  CreateLabels(input: sdk.CreateLabelsRequest, call: Call): sdk.CreateLabelsResponse {
    call.site.model.label(allowed(call, input.ResourceId, 'ResourceId'), ...(input.Labels ?? []));
    return {};
  },

  DeleteLabels(input: sdk.DeleteLabelsRequest, call: Call): sdk.DeleteLabelsResponse {
    const id = allowed(call, input.ResourceId, 'ResourceId');
    if (input.DeleteAll) call.site.model.unlabel(id);
    else if (input.Labels?.length) call.site.model.unlabel(id, ...input.Labels);
    return {};
  },

  CreateCustomMetadata(input: sdk.CreateCustomMetadataRequest, call: Call): sdk.CreateCustomMetadataResponse {
    const id = allowed(call, input.ResourceId, 'ResourceId');
    call.site.model.setCustomMetadata(id, given(input.CustomMetadata, 'CustomMetadata'), input.VersionId);
    return {};
  },

  DeleteCustomMetadata(input: sdk.DeleteCustomMetadataRequest, call: Call): sdk.DeleteCustomMetadataResponse {
    const id = allowed(call, input.ResourceId, 'ResourceId');
    if (input.DeleteAll) call.site.model.deleteCustomMetadata(id, [], input.VersionId);
    else if (input.Keys?.length) call.site.model.deleteCustomMetadata(id, input.Keys, input.VersionId);
    return {};
  },

  CreateNotificationSubscription(
    input: sdk.CreateNotificationSubscriptionRequest,
    call: Call,
  ): sdk.CreateNotificationSubscriptionResponse {
    const made: sdk.Subscription = {
      SubscriptionId: `subscription-${subscriptionsOf(call).length + 1}`,
      EndPoint: given(input.Endpoint, 'Endpoint'),
      Protocol: input.Protocol,
    };
    checkOrganization(call, input.OrganizationId);
    subscriptionsOf(call).push(made);
    return { Subscription: made };
  },

  DescribeNotificationSubscriptions(
    input: sdk.DescribeNotificationSubscriptionsRequest,
    call: Call,
  ): sdk.DescribeNotificationSubscriptionsResponse {
    checkOrganization(call, input.OrganizationId);
    return { Subscriptions: subscriptionsOf(call) };
  },

  DeleteNotificationSubscription(input: sdk.DeleteNotificationSubscriptionRequest, call: Call): object {
    const all = subscriptionsOf(call);
    const at = all.findIndex(({ SubscriptionId }) => SubscriptionId === input.SubscriptionId);
    if (at < 0) throw new SiteRefusal('EntityNotExistsException', `no subscription ${input.SubscriptionId}`);
    all.splice(at, 1);
    return {};
  },
} satisfies Handlers;

function subscriptionsOf({ site }: Call): sdk.Subscription[] {
  const known = subscriptions.get(site) ?? [];
  subscriptions.set(site, known);
  return known;
}
