import type { Assessment } from '../benchmark.js';
import type { ItemSpec } from '../item-spec.js';
import { cloudField, cloudItem } from '../managed-items.js';
import type { FieldPath, Rule } from '../rules/rule.js';
import type { ValueTest } from '../rules/value-test.js';

/** A field of the cluster. gcloud leaves out what is false or not set: where its absence means that, `absent` says so. */
export const setting = (path: FieldPath, is: ValueTest, absent?: boolean | null): Rule => cloudField('gke', [path], is, absent === undefined ? {} : { absent: { means: absent } });

/** A field of every node pool. */
export const ofPools = (path: FieldPath, is: ValueTest, absent?: boolean | null): Rule => cloudField('gke', [path], is, { each: ['nodePools'], ...(absent !== undefined && { absent: { means: absent } }) });

export const clusterItem = (id: string, title: string, rule: Rule, change: string, assessment: Assessment = 'automated'): ItemSpec => cloudItem(id, title, assessment, rule, change);
export const update = (flags: string): string => `Run \`gcloud container clusters update NAME --location LOCATION ${flags}\`.`;
export const updatePool = (flags: string): string => `Run \`gcloud container node-pools update POOL --cluster NAME --location LOCATION ${flags}\` for each pool.`;
