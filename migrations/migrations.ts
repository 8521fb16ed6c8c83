import { FirstSchema1795478400000 } from './1795478400000-first-schema.js';
import { DueScans1795564800000 } from './1795564800000-due-scans.js';
import { KeptEvidence1795651200000 } from './1795651200000-kept-evidence.js';
import { PolicyVersions1795737600000 } from './1795737600000-policy-versions.js';
import { FindingRisk1795824000000 } from './1795824000000-finding-risk.js';
import { PartResults1795910400000 } from './1795910400000-part-results.js';
import { NodeEvidence1795996800000 } from './1795996800000-node-evidence.js';
import { BenchmarkRuns1796083200000 } from './1796083200000-benchmark-runs.js';
import { MachinesOutside1796169600000 } from './1796169600000-machines-outside.js';
import { LastPasses1796256000000 } from './1796256000000-last-passes.js';
import { ListsOfFindings1796342400000 } from './1796342400000-lists-of-findings.js';
import { PassedValues1796428800000 } from './1796428800000-passed-values.js';
import { EventSegments1796515200000 } from './1796515200000-event-segments.js';
import { LighterRows1796601600000 } from './1796601600000-lighter-rows.js';

/** Every migration, oldest first. Append only: one that was released is never changed. */
export const migrations = [FirstSchema1795478400000, DueScans1795564800000, KeptEvidence1795651200000, PolicyVersions1795737600000, FindingRisk1795824000000, PartResults1795910400000, NodeEvidence1795996800000, BenchmarkRuns1796083200000, MachinesOutside1796169600000, LastPasses1796256000000, ListsOfFindings1796342400000, PassedValues1796428800000, EventSegments1796515200000, LighterRows1796601600000];
