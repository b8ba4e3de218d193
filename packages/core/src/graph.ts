import { pluginErrors } from './graph-errors.ts';
import type { AnyPlugin, Facet, InvariantDeclaration, StageDeclaration } from './plugin.ts';
import type { AnyTool } from './tool.ts';

/** A tool with its place: which plugin has it, under which name and command. */
export interface RegisteredTool {
  readonly plugin: string;
  readonly name: string;
  /** Words of the CLI command. */
  readonly command: string;
  readonly tool: AnyTool;
}

/** The checked plugins of one Sheaf: in dependency order, with everything they declare. */
export interface PluginGraph {
  /** Dependencies before dependents; otherwise in the order given. */
  readonly plugins: readonly AnyPlugin[];
  readonly tools: readonly RegisteredTool[];
  readonly stages: readonly StageDeclaration[];
  readonly facets: readonly (Facet & { readonly plugin: string })[];
  readonly invariants: readonly InvariantDeclaration[];
}

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME = /^[a-z][a-zA-Z0-9]*$/;
const INVARIANT = /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$/;
const COMMAND = /^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)*$/;

/**
 * Checks a list of plugins as a whole and puts it in start order.
 *
 * @throws `plugin.invalid-graph` with every problem at once: malformed and duplicate ids, needs that nobody meets,
 *   cycles (as a path), clashing tools, commands, tables, stages, facets and invariants.
 */
export function buildGraph(plugins: readonly AnyPlugin[]): PluginGraph {
  const problems: string[] = [];
  checkIds(plugins, problems);
  checkNeeds(plugins, problems);
  const ordered = order(plugins, problems);
  const tools = collectTools(plugins, problems);
  checkTables(plugins, problems);
  checkStages(plugins, problems);
  checkInvariants(plugins, problems);
  if (problems.length > 0) throw pluginErrors.create('invalid-graph', { problems });
  return {
    plugins: ordered,
    tools,
    stages: ordered.flatMap((plugin) => plugin.stages ?? []),
    facets: ordered.flatMap((plugin) => (plugin.facets ?? []).map((facet) => ({ ...facet, plugin: plugin.id }))),
    invariants: ordered.flatMap((plugin) => plugin.invariants ?? []),
  };
}

function checkIds(plugins: readonly AnyPlugin[], problems: string[]): void {
  const counts = new Map<string, number>();
  for (const { id } of plugins) {
    if (!ID.test(id)) problems.push(`"${id}" is no plugin id: use lower-case words joined by "-".`);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const [id, count] of counts) {
    if (count > 1) problems.push(`The plugin "${id}" is registered ${count} times.`);
  }
}

function checkNeeds(plugins: readonly AnyPlugin[], problems: string[]): void {
  const ids = new Set(plugins.map((plugin) => plugin.id));
  for (const plugin of plugins) {
    for (const need of needsOf(plugin)) {
      if (!ids.has(need)) {
        problems.push(`The plugin "${plugin.id}" needs "${need}", which is not registered.`);
      }
    }
  }
}

function needsOf(plugin: AnyPlugin): readonly string[] {
  return Object.values(plugin.needs as Record<string, { readonly id: string }>).map((ref) => ref.id);
}

function order(plugins: readonly AnyPlugin[], problems: string[]): readonly AnyPlugin[] {
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]));
  const ordered: AnyPlugin[] = [];
  const done = new Set<string>();
  const visit = (plugin: AnyPlugin, path: readonly string[]): void => {
    if (done.has(plugin.id)) return;
    if (path.includes(plugin.id)) {
      const cycle = [...path.slice(path.indexOf(plugin.id)), plugin.id];
      problems.push(`Plugins need each other in a circle: ${cycle.join(' -> ')}.`);
      return;
    }
    for (const need of needsOf(plugin)) {
      const dependency = byId.get(need);
      if (dependency) visit(dependency, [...path, plugin.id]);
    }
    if (!done.has(plugin.id)) {
      done.add(plugin.id);
      ordered.push(plugin);
    }
  };
  for (const plugin of plugins) visit(plugin, []);
  return ordered;
}

function collectTools(plugins: readonly AnyPlugin[], problems: string[]): readonly RegisteredTool[] {
  const tools: RegisteredTool[] = [];
  for (const plugin of plugins) {
    for (const [name, tool] of Object.entries(plugin.tools as Record<string, AnyTool>)) {
      const command = tool.command ?? `${plugin.id} ${kebabCase(name)}`;
      if (!NAME.test(name)) problems.push(`The tool "${plugin.id}.${name}" has no valid name: use camelCase.`);
      if (!COMMAND.test(command)) {
        problems.push(`The tool "${plugin.id}.${name}" has no valid command "${command}": use lower-case words.`);
      }
      tools.push({ plugin: plugin.id, name, command, tool });
    }
  }
  reportClashes(
    tools.map(({ command, plugin, name }) => [command, `${plugin}.${name}`]),
    (command, owners) => `The command "${command}" is claimed by ${owners}.`,
    problems,
  );
  for (const { command, plugin, name } of tools) {
    const parent = tools.find((other) => command.startsWith(`${other.command} `));
    if (parent) {
      problems.push(
        `The command "${command}" of "${plugin}.${name}" lies under "${parent.command}" of "${parent.plugin}.${parent.name}".`,
      );
    }
  }
  return tools;
}

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function checkTables(plugins: readonly AnyPlugin[], problems: string[]): void {
  reportClashes(
    plugins.flatMap((plugin) => (plugin.schema?.tables ?? []).map((table) => [table, plugin.id] as const)),
    (table, owners) => `The table "${table}" is claimed by ${owners}.`,
    problems,
  );
  for (const plugin of plugins) {
    for (const table of Object.keys(plugin.schema?.contents ?? {})) {
      if (!plugin.schema?.tables.includes(table)) {
        problems.push(`"${plugin.id}" says what contents the table "${table}" names, which the plugin does not own.`);
      }
    }
    for (const facet of plugin.facets ?? []) {
      if (!plugin.schema?.tables.includes(facet.table)) {
        problems.push(`A facet of "${plugin.id}" reads the table "${facet.table}", which the plugin does not own.`);
      }
      if (!plugin.stages?.some((stage) => stage.name === facet.stage)) {
        problems.push(
          `A facet of "${plugin.id}" belongs to the stage "${facet.stage}", which the plugin does not keep.`,
        );
      }
    }
  }
}

function checkInvariants(plugins: readonly AnyPlugin[], problems: string[]): void {
  const claims = plugins.flatMap((plugin) => (plugin.invariants ?? []).map(({ id }) => [id, plugin.id] as const));
  for (const [id, plugin] of claims) {
    if (!INVARIANT.test(id)) {
      problems.push(`The invariant "${id}" of "${plugin}" has no valid name: use a concept and what holds of it.`);
    }
  }
  reportClashes(claims, (id, owners) => `The invariant "${id}" is claimed by ${owners}.`, problems);
}

function checkStages(plugins: readonly AnyPlugin[], problems: string[]): void {
  reportClashes(
    plugins.flatMap((plugin) => (plugin.stages ?? []).map((stage) => [stage.name, plugin.id] as const)),
    (stage, owners) => `The stage "${stage}" is claimed by ${owners}.`,
    problems,
  );
  reportClashes(
    plugins.flatMap((plugin) => (plugin.facets ?? []).map((facet) => [facet.stage, plugin.id] as const)),
    (stage, owners) => `The stage "${stage}" has several facets, by ${owners}.`,
    problems,
  );
  for (const plugin of plugins) {
    for (const stage of plugin.stages ?? []) {
      if (!ID.test(stage.name)) problems.push(`The stage "${stage.name}" of "${plugin.id}" has no valid name.`);
    }
  }
}

function reportClashes(
  claims: readonly (readonly [thing: string, owner: string])[],
  describe: (thing: string, owners: string) => string,
  problems: string[],
): void {
  const owners = new Map<string, string[]>();
  for (const [thing, owner] of claims) owners.set(thing, [...(owners.get(thing) ?? []), owner]);
  for (const [thing, claimants] of owners) {
    if (claimants.length > 1) problems.push(describe(thing, claimants.map((owner) => `"${owner}"`).join(' and ')));
  }
}
