import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type DoctorErrorSpecs = {
  readonly unsound: ErrorSpec<{ readonly invariants: readonly string[] }>;
};

export const doctorErrors: ErrorCatalog<DoctorErrorSpecs> = defineErrors<DoctorErrorSpecs>('doctor', {
  unsound: {
    message: (p) =>
      `${p.invariants.length} thing(s) that must hold of the database do not hold: ${p.invariants.join(', ')}`,
    hint: 'The report says what can be mended by `sheaf doctor --fix`, and what to do about the rest.',
  },
});
