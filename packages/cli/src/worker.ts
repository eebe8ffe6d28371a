import { distanceTask, measurePairs } from '@bioscan/qc';
import { serveTasks } from '@bioscan/runtime/node';

/** A thread of the command line's pools. */
serveTasks({ [distanceTask]: measurePairs });
