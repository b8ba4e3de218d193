import { deletionContract } from '@sheaf/testkit';
import { harnesses } from './harnesses.ts';

for (const harness of harnesses) deletionContract(harness);
