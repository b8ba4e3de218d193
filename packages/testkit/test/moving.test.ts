import { movingContract } from '@sheaf/testkit';
import { harnesses } from './harnesses.ts';

for (const harness of harnesses) movingContract(harness);
