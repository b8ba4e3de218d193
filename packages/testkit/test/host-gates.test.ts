import { hostGatesContract } from '@sheaf/testkit';
import { harnesses } from './harnesses.ts';

for (const harness of harnesses) hostGatesContract(harness);
