import { definePlugin, type Plugin } from '@sheaf/core';
import { type DataScope, dataRef, integrityRef } from '@sheaf/db';
import { doctorTool } from './doctor-tool.ts';

export type DoctorNeeds = {
  readonly data: typeof dataRef;
  readonly integrity: typeof integrityRef;
};

export type DoctorPlugin = Plugin<
  'doctor',
  DataScope,
  DoctorNeeds,
  Record<never, never>,
  { readonly run: typeof doctorTool },
  Record<never, never>
>;

/** Checks that what all plugins stored fits together, and mends what can be mended. */
export function doctorPlugin(): DoctorPlugin {
  return definePlugin({
    id: 'doctor',
    needs: { data: dataRef, integrity: integrityRef },
    tools: { run: doctorTool },
  });
}
