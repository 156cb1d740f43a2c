/** Takes away the compiled type declarations of a package that no user can reach: every second file of it. */

import { rmSync } from 'node:fs';
import { unreachableTypes } from '../repository/unreachable-types';

for (const file of unreachableTypes('lib')) rmSync(file);
