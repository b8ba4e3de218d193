import { type SheafClient, clients as shipped } from '@sheaf/client';
import { type ClientFactories, dbErrors, type PrismaClientPort } from '@sheaf/db';

type Adapter = Parameters<ClientFactories['sqlite']>[0];

/** The class that `prisma generate` writes: `PrismaClient` of `client.ts`. */
export type ClientClass = new (options: {
  readonly adapter: Adapter;
  readonly errorFormat: 'minimal';
}) => PrismaClientPort;

/** The generated clients of an app: of the database that it uses, or of both. */
export interface AppClients {
  readonly sqlite?: ClientClass;
  readonly postgresql?: ClientClass;
}

/**
 * The clients as options take them. That they are classes is asked by `CheckedPlugins`: a generated class is generic, and
 * where a parameter named the signature of one, the compiler would check the plugins before it knew the clients.
 */
export type NamedClients = { readonly [Provider in keyof AppClients]?: unknown };

/** What plugins may expect of the client: what all of the app's clients have, or else that of the shipped ones. */
export type ClientOf<Clients extends NamedClients> = [keyof Clients] extends [never]
  ? SheafClient
  : InstanceType<Extract<Clients[keyof Clients], ClientClass>>;

/** Those of the app, or else the shipped ones. One that the app does not have is not replaced: it would lack its models. */
export function chooseClients(own: AppClients | undefined): ClientFactories {
  if (!own) return shipped;
  const factory = (provider: keyof AppClients) => (adapter: Adapter) => {
    const Client = own[provider];
    if (!Client) throw dbErrors.create('no-client', { provider });
    return new Client({ adapter, errorFormat: 'minimal' });
  };
  return { sqlite: factory('sqlite'), postgresql: factory('postgresql') };
}
