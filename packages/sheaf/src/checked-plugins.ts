import type { AnyPlugin } from '@sheaf/core';
import type { FittingPlugins } from '@sheaf/engine';
import type { AppClients, ClientOf, NamedClients } from './app-clients.ts';
import type { FirstPartyPlugins } from './first-party-plugins.ts';

type Fitting<Plugins extends readonly AnyPlugin[], Clients extends NamedClients> = FittingPlugins<
  Plugins,
  ClientOf<Clients>,
  FirstPartyPlugins[number]['id']
>;

/** Asks nothing more of options whose plugins fit to each other and to the clients; else, that they did. */
export type CheckedPlugins<
  Plugins extends readonly AnyPlugin[],
  Clients extends NamedClients,
> = Clients extends AppClients
  ? Plugins extends Fitting<Plugins, Clients>
    ? unknown
    : { readonly plugins: Fitting<Plugins, Clients> }
  : { readonly clients: AppClients };
