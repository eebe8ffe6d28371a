import { writeFileSync } from 'node:fs';
import { operatorCoverage } from './operator-coverage.js';

writeFileSync(new URL('../../docs/operators.md', import.meta.url), operatorCoverage());
