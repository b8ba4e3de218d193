import { sqlContract } from '@sheaf/testkit';
import { harnesses } from './harnesses.ts';

for (const harness of harnesses) sqlContract(harness);
