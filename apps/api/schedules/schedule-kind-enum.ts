import { scheduleKinds } from '#application/schedules/schedule.js';
import { namedEnum } from '../schema/named-enum.js';

export const scheduleKindEnum = namedEnum('JudgedKind', scheduleKinds, 'What a scan judges: the posture by all controls, the benchmark that fits the cluster or is pinned, or both of the same evidence.');
