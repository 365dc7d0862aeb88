/**
 * Which file may import which: `npm run check`. See docs/adr/0037-imports.md.
 *
 * The parser is swc: TypeScript 7 has no API. With swc, type imports count without `tsPreCompilationDeps`, an option that
 * only has a warning printed that a TypeScript below 7 is missing.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Files that import from each other, also types only, can be neither understood nor moved apart. Put what both need ' +
        'into a file below them, or pass it in as a parameter.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-folder-cycles',
      comment:
        'Folders that import from each other are one folder. Move the type or function to the folder that it belongs to, ' +
        'or to one below both; a folder and those within it count as one.',
      scope: 'folder',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'model-without-ports',
      comment:
        'The model is what everything speaks of, ports among it. A type that a port takes or gives belongs into the model; ' +
        'what needs a port is a flow.',
      severity: 'error',
      from: { path: '^layers/core/src/model/' },
      to: { path: '^layers/core/src/(?!model/)' },
    },
    {
      name: 'domain-through-ports',
      comment:
        'What Holdfast does talks to the world through ports only: else it runs in no test and in no simulation. Take the ' +
        'port as a parameter; handlers and the command line hand in the adapter.',
      severity: 'error',
      from: { path: '^layers/core/src/', pathNot: '/(aws|runtime)/' },
      to: { path: '^layers/core/src/.*(aws|runtime)/' },
    },
    {
      name: 'core-without-kinds',
      comment:
        'The core reaches a kind of source through layers/core/src/source/ only, as a parameter: a new kind changes nothing ' +
        'there. What two kinds share goes into the core; what one needs stays with it.',
      severity: 'error',
      from: { path: '^layers/core/src/', pathNot: '^layers/core/src/kinds/' },
      to: { path: '^layers/core/src/kinds/' },
    },
    {
      name: 'kinds-apart',
      comment:
        'A kind knows no other kind, nor the lists of all of them: those are for the command line, and for handlers. What two ' +
        'kinds share goes into the core.',
      severity: 'error',
      from: { path: '^layers/core/src/kinds/([^/]+)/' },
      to: { path: '^layers/core/src/kinds/', pathNot: '^layers/core/src/kinds/$1/' },
    },
    {
      name: 'commands-without-kinds',
      comment:
        'The command line asks for no kind of source by its scheme or by its code: it takes the facets of the kind that ' +
        '`context.kinds` or cli/kinds/all.ts finds. What belongs to one kind lies in its folder of cli/kinds/.',
      severity: 'error',
      from: { path: '^cli/', pathNot: '^cli/kinds/[^/]+/' },
      to: { path: '^layers/core/src/kinds/[^/]+/' },
    },
    {
      name: 'command-kinds-apart',
      comment:
        'A kind of the command line knows no other kind, neither here nor in the core. What two kinds share goes beside their ' +
        'folders, or below both.',
      severity: 'error',
      from: { path: '^cli/kinds/([^/]+)/' },
      to: { path: '^(cli|layers/core/src)/kinds/([^/]+)/', pathNot: '^(cli|layers/core/src)/kinds/$1/' },
    },
    {
      name: 'operations-without-faces',
      comment:
        'An operation answers whoever asks: the command line, or another face. What it needs of one it takes as a parameter; ' +
        'words for people and what a terminal is told stay with the face.',
      severity: 'error',
      from: { path: '^operations/' },
      to: { path: '^(cli/|layers/core/src/kinds/|node_modules/(commander|ora)/)' },
    },
    {
      name: 'memory-without-aws',
      comment: 'What stands in for AWS in tests shares no code with the adapters that it stands in for.',
      severity: 'error',
      from: { path: '^testing/memory/' },
      to: { path: '/aws/' },
    },
    {
      name: 'sdk-in-aws-folders',
      comment:
        "Only folders named aws import an SDK: what AWS says and asks for is put into the model's words there, in one place. " +
        'Put the request into an adapter. The exceptions wire: they make clients, and hand them to adapters.',
      severity: 'error',
      from: {
        path: '^(layers|cli|operations|functions)/',
        pathNot: [
          '/aws/',
          // Wiring: what a function, or a command, runs with.
          '^layers/core/src/runtime/',
          '^cli/connect\\.ts$',
          // The types of what Lambda calls a handler with.
          '^functions/[^/]+/[^/]+/handler\\.ts$',
        ],
      },
      to: { path: 'node_modules/(@aws-sdk|@smithy|@aws-lambda-powertools|@types/aws-lambda)/' },
    },
    {
      name: 'tests-at-the-end',
      comment:
        'Nothing imports a test. What tests share with the bench, the demo and the histories lives in testing/.',
      severity: 'error',
      from: { path: '^(layers|cli|operations|functions|scripts|bench|testing)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'product-without-testing',
      comment: 'What people run holds no stand-in for AWS: hand the adapter in.',
      severity: 'error',
      from: { path: '^(layers|cli|operations|functions)/' },
      to: { path: '^testing/' },
    },
    {
      name: 'no-unresolved',
      comment:
        'An import that is not found is not checked by the rules above. Correct it, or tell enhancedResolveOptions how it ' +
        'is found.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    metrics: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
