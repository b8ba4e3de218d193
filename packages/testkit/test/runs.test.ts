import { runsContract } from '@sheaf/testkit';
import { harnesses } from './harnesses.ts';

for (const harness of harnesses) runsContract(harness);
