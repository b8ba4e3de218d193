// Lets plain Node run the packages of this repository from their sources. Imported for its effect, before them.
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier, { ...context, conditions: [...context.conditions, '@sheaf/source'] }),
});
