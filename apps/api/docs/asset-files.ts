/** What the pages load, by the name it is served under: package, and path in it. The build copies it beside this file. */
export const assetFiles = {
  'swagger-ui.css': ['swagger-ui-dist', 'swagger-ui.css'],
  'swagger-ui-bundle.js': ['swagger-ui-dist', 'swagger-ui-bundle.js'],
  'graphiql.css': ['graphiql', 'graphiql.min.css'],
  'graphiql.js': ['graphiql', 'graphiql.min.js'],
  'react.js': ['react', 'umd/react.production.min.js'],
  'react-dom.js': ['react-dom', 'umd/react-dom.production.min.js'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type AssetName = keyof typeof assetFiles;
