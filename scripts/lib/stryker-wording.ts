import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

type Parsed = {
  readonly type: string;
  readonly name?: string;
  readonly callee?: Parsed;
  readonly property?: Parsed;
  readonly expression?: Parsed;
  readonly body?: Parsed;
};
type Path = { readonly node: Parsed; readonly parentPath: Path | null };

const TEXTS = new Set(['StringLiteral', 'TemplateLiteral']);
const LOG_CALLS = new Set(['warn', 'error']);

/** A log line, and what an error says in words, is not behaviour: a test of it would only repeat it. */
function isWording({ node, parentPath }: Path): boolean {
  if (node.type === 'ExpressionStatement') return isLogCall(node.expression);
  if (node.type === 'ArrowFunctionExpression') return isLogCall(node.body);
  const parent = parentPath?.node;
  return isLogCall(parent) || (TEXTS.has(node.type) && isNewError(parent));
}

function isLogCall(node: Parsed | undefined): boolean {
  return node?.type === 'CallExpression' && LOG_CALLS.has(node.callee?.property?.name ?? '');
}

function isNewError(node: Parsed | undefined): boolean {
  return node?.type === 'NewExpression' && node.callee?.name?.endsWith('Error') === true;
}

const ignorer = {
  shouldIgnore: (path: Path) => (isWording(path) ? 'the wording of an error, or a log line' : undefined),
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'wording', ignorer as never)];
