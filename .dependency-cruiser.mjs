// The direction of dependencies: core <- db <- engine, web <- plugins <- sheaf. Each package with what it may import.
const LAYERS = {
  'packages/core': [],
  'packages/adapter-sqlite': [],
  'packages/schema-engine': ['packages/adapter-sqlite'],
  'packages/client': [],
  'packages/create-sheaf-plugin': ['packages/core'],
  'packages/db': ['packages/core', 'packages/adapter-sqlite'],
  'packages/engine': ['packages/core', 'packages/db'],
  'packages/web': ['packages/core', 'packages/db'],
  'packages/testkit': ['packages/core', 'packages/db', 'packages/engine', 'packages/schema-engine'],
  'plugins/[^/]+': ['packages/core', 'packages/db', 'packages/engine', 'packages/web'],
  'packages/sheaf': [
    'packages/core',
    'packages/db',
    'packages/engine',
    'packages/web',
    'packages/client',
    'packages/schema-engine',
    'plugins/[^/]+',
  ],
  'examples/site': [],
  'bench/[^/]+': ['packages/[^/]+', 'plugins/[^/]+', 'examples/site'],
};

const direction = Object.entries(LAYERS).map(([from, allowed]) => ({
  name: `direction: ${from}`,
  comment: `${from} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other package of ours'}.`,
  severity: 'error',
  from: { path: `^(${from})/src/` },
  // `$1` is the importing package itself, so that one plugin does not reach into another.
  to: { path: '^(packages|plugins|examples|bench)/', pathNot: ['^$1/', ...allowed.map((one) => `^${one}/`)] },
}));

export default {
  forbidden: [
    ...direction,
    {
      name: 'entries only',
      comment: 'Another package is imported by its entry, never by a file inside it.',
      severity: 'error',
      from: { path: '^((?:packages|plugins|examples|bench)/[^/]+)/' },
      to: {
        path: '^(packages|plugins|examples|bench)/',
        pathNot: ['^$1/', '/src/(index|main)\\.ts$', '/dist/', '/package\\.json$'],
      },
    },
    {
      name: 'core is pure',
      comment: 'core does no I/O: of Node it has the hash functions alone.',
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'no cycles',
      severity: 'error',
      from: { path: '/src/', pathNot: '/generated/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'declared dependencies',
      comment: 'What a package imports stands in its package.json.',
      severity: 'error',
      from: { path: '/src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], pathNot: '/vitest/|/@types/' },
    },
    { name: 'resolvable', severity: 'error', from: { pathNot: '/generated/' }, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // The plugin of someone else has no dependencies here.
    exclude: { path: '(^|/)(dist|\\.cache|coverage)/|/generated/|^examples/plugin-bookmarks/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@sheaf/source', 'import', 'node', 'default', 'types'],
    },
  },
};
