/** The pages for people. Everything they load comes from this installation, so that they work without the internet. */

const page = (title: string, head: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
${body}
</body>
</html>
`;

/** REST, to read and to try. */
export const restPage = page(
  'Bulwark REST API',
  '<link rel="stylesheet" href="/docs/swagger-ui.css">',
  '<div id="swagger-ui"></div>\n<script src="/docs/swagger-ui-bundle.js"></script>\n<script src="/docs/start.js"></script>',
);

export const restStart = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
});
`;

/** GraphQL, to read and to try. */
export const graphiqlPage = page(
  'Bulwark GraphQL API',
  '<link rel="stylesheet" href="/graphiql/graphiql.css">\n<style>html, body, #graphiql { height: 100%; margin: 0 }</style>',
  '<div id="graphiql">Loading …</div>\n<script src="/graphiql/react.js"></script>\n<script src="/graphiql/react-dom.js"></script>\n<script src="/graphiql/graphiql.js"></script>\n<script src="/graphiql/start.js"></script>',
);

export const graphiqlStart = `async function* events(response) {
  const decoder = new TextDecoder();
  let text = '';
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const parts = text.split('\\n\\n');
    text = parts.pop();
    for (const part of parts) {
      const data = part.split('\\n').find((line) => line.startsWith('data: '));
      if (data) yield JSON.parse(data.slice(6));
    }
  }
}

async function fetcher(body, options) {
  const isSubscription = /^\\s*subscription\\b/m.test(body.query || '') && body.operationName !== 'IntrospectionQuery';
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      ...(options && options.headers),
      'content-type': 'application/json',
      accept: isSubscription ? 'text/event-stream' : 'application/graphql-response+json',
    },
    body: JSON.stringify(body),
  });
  const type = response.headers.get('content-type') || '';
  return type.startsWith('text/event-stream') ? events(response) : response.json();
}

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultHeaders: JSON.stringify({ Authorization: 'Bearer bwk_...' }, null, 2),
    defaultEditorToolsVisibility: 'headers',
    shouldPersistHeaders: false,
    defaultQuery: '# Put your API key into the headers below, then run this.\\n{\\n  me { organisationId scopes }\\n  clusters(first: 10) { edges { node { id name lastScan { state summary { score } coverage { ratio } } } } }\\n}\\n',
  }),
);
`;

/** What a problem type means. */
export const problemPage = (title: string, reason: string): string =>
  page(
    title,
    '<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }</style>',
    `<h1>${title}</h1>\n<p>The problem type <code>${reason}</code>. Its <code>detail</code> says what happened and what to do, <code>errors</code> which parts of the input are meant (by JSON Pointer), and <code>requestId</code> finds the request in the log.</p>\n<p><a href="/docs">All addresses</a></p>`,
  );
