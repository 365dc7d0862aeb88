import type * as sdk from '@aws-sdk/client-workdocs';
import { defined } from '@holdfast/core/model/defined.ts';
import { matches } from '../memory/memory-site.ts';
import type { LoggedActivity } from '../memory/site-log.ts';
import { SiteRefusal } from '../memory/site-refusal.ts';
import type { UserThing } from '../memory/site-things.ts';
import { type Call, checkOrganization, cut, given, type Handlers, numbered } from './call.ts';
import { activityShape, userShape } from './shapes.ts';

/** Users, and what they did. */
export const peopleHandlers = {
  DescribeUsers(input: sdk.DescribeUsersRequest, call: Call): sdk.DescribeUsersResponse {
    checkOrganization(call, input.OrganizationId);
    const { model } = call.site;
    const wanted = numbered(model.users.values()).filter(({ item }) => isWanted(item, input));
    const { items, ...page } = cut(wanted, input, call);
    const withStorage = input.Fields === 'STORAGE_METADATA';
    return { Users: items.map(({ item }) => userShape(model, item, withStorage)), ...page };
  },

  CreateUser(input: sdk.CreateUserRequest, call: Call): sdk.CreateUserResponse {
    checkOrganization(call, input.OrganizationId);
    const { model } = call.site;
    const user = model.createUser(
      given(input.Username, 'Username'),
      defined({
        email: input.EmailAddress,
        givenName: input.GivenName,
        surname: input.Surname,
        timeZone: input.TimeZoneId,
      }),
    );
    return { User: userShape(model, user, true) };
  },

  ActivateUser(input: sdk.ActivateUserRequest, { site: { model } }: Call): sdk.ActivateUserResponse {
    const id = given(input.UserId, 'UserId');
    model.activateUser(id);
    return { User: userShape(model, model.user(id)) };
  },

  DeactivateUser(input: sdk.DeactivateUserRequest, { site: { model } }: Call): object {
    model.deactivateUser(given(input.UserId, 'UserId'));
    return {};
  },

  DeleteUser(input: sdk.DeleteUserRequest, { site: { model } }: Call): object {
    model.deleteUser(given(input.UserId, 'UserId'));
    return {};
  },

  UpdateUser(input: sdk.UpdateUserRequest, { site: { model } }: Call): sdk.UpdateUserResponse {
    const user = model.user(given(input.UserId, 'UserId'));
    const {
      GivenName: givenName,
      Surname: surname,
      Type: type,
      TimeZoneId: timeZone,
      Locale: locale,
    } = input;
    Object.assign(user, defined({ givenName, surname, type, timeZone, locale }), {
      modifiedAt: model.clock(),
    });
    return { User: userShape(model, user) };
  },

  /** Source: WorkDocs API reference: for a user's token alone. */
  GetCurrentUser(): never {
    throw new SiteRefusal('UnauthorizedOperationException', 'this asks for a token of a user');
  },

  DescribeRootFolders(): never {
    throw new SiteRefusal('UnauthorizedOperationException', 'this asks for a token of a user');
  },

  DescribeGroups(input: sdk.DescribeGroupsRequest, call: Call): sdk.DescribeGroupsResponse {
    checkOrganization(call, input.OrganizationId);
    return { Groups: [] };
  },

  DescribeActivities(input: sdk.DescribeActivitiesRequest, call: Call): sdk.DescribeActivitiesResponse {
    checkOrganization(call, input.OrganizationId);
    const { model } = call.site;
    const wanted = model.log.seen(model.clock()).filter((activity) => isAsked(activity, input));
    const { items, ...page } = cut(wanted, input, call);
    return { UserActivities: items.map((activity) => activityShape(model, activity)), ...page };
  },
} satisfies Handlers;

function isWanted(user: UserThing, { Include, Query, UserIds }: sdk.DescribeUsersRequest): boolean {
  if (Include !== 'ALL' && user.status === 'INACTIVE') return false;
  return UserIds === undefined ? matches(user, Query) : UserIds.split(/[ ,]+/).includes(user.id);
}

/** Source: WorkDocs API reference, DescribeActivities: after the start, before the end. */
function isAsked(activity: LoggedActivity, input: sdk.DescribeActivitiesRequest): boolean {
  const { StartTime, EndTime, ActivityTypes, ResourceId, UserId, IncludeIndirectActivities } = input;
  return (
    (StartTime === undefined || activity.at > StartTime.getTime()) &&
    (EndTime === undefined || activity.at < EndTime.getTime()) &&
    (ActivityTypes === undefined || ActivityTypes.split(',').includes(activity.type)) &&
    (ResourceId === undefined || activity.id === ResourceId) &&
    (UserId === undefined || activity.by === UserId) &&
    (IncludeIndirectActivities === true || !activity.indirect)
  );
}
