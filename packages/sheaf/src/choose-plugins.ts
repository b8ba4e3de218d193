import { type AnyPlugin, pluginErrors } from '@sheaf/core';

/** Those of a list of plugins that are not turned off, at the level of types. */
export type WithoutPlugins<Plugins extends readonly AnyPlugin[], Off extends string> = [Off] extends [never]
  ? Plugins
  : Plugins extends readonly [infer First extends AnyPlugin, ...infer Rest extends readonly AnyPlugin[]]
    ? First['id'] extends Off
      ? WithoutPlugins<Rest, Off>
      : readonly [First, ...WithoutPlugins<Rest, Off>]
    : readonly [];

/**
 * Those of a list of plugins that are not turned off.
 *
 * @throws `plugin.invalid-graph` where `off` names a plugin that is not in the list.
 */
export function choosePlugins(plugins: readonly AnyPlugin[], off: readonly string[]): readonly AnyPlugin[] {
  const ids = new Set(plugins.map(({ id }) => id));
  const problems = off.filter((id) => !ids.has(id)).map((id) => `"${id}" is turned off, but there is no such plugin.`);
  if (problems.length > 0) throw pluginErrors.create('invalid-graph', { problems });
  return plugins.filter(({ id }) => !off.includes(id));
}
