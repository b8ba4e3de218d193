import { createServer } from 'node:http';
import type { Provider } from '@sheaf/db';
import type { DatabaseTemplate, TemplateStore } from './template-store.ts';

/** Offers the templates of one process to the processes of its test files. */
export interface TemplateService {
  readonly url: string;
  close(): Promise<void>;
}

const PROVIDERS: readonly string[] = ['sqlite', 'postgresql'] satisfies readonly Provider[];

/** Serves a template store on the loopback interface, so that nothing is made before a test needs it. */
export async function serveTemplates(store: TemplateStore): Promise<TemplateService> {
  const server = createServer((request, response) => {
    const provider = request.url?.slice(1) ?? '';
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (!PROVIDERS.includes(provider)) {
      answer(404, { error: `There is no template "${provider}".` });
      return;
    }
    store.get(provider as Provider).then(
      (template) => answer(200, template),
      (error: unknown) =>
        answer(500, { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // The service alone does not keep a finished test run alive.
  server.unref();
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store.close();
    },
  };
}

/** Asks a template service. @throws with the words of what failed in making the template. */
export async function requestTemplate(serviceUrl: string, provider: Provider): Promise<DatabaseTemplate> {
  const response = await fetch(`${serviceUrl}/${provider}`);
  const body = (await response.json()) as DatabaseTemplate & { readonly error?: string };
  if (!response.ok) throw new Error(`The ${provider} template was not made: ${body.error}`);
  return body;
}
