export type { CreatedPlugin, CreatePluginOptions } from './create-plugin.ts';
export { createPlugin } from './create-plugin.ts';
export type { CreateErrorSpecs } from './errors.ts';
export { createErrors } from './errors.ts';
export type { CreateIo } from './main.ts';
export { main } from './main.ts';
