import { pruningContract } from '@sheaf/testkit';
import { harnesses } from './harnesses.ts';

for (const harness of harnesses) pruningContract(harness);
