import { describe, expect, it } from 'vitest';
import { pathsAsMermaid } from './escalation-mermaid.js';
import type { EscalationPath, Stage } from './escalation-world.js';
import { stepText } from './escalation-words.js';

const at = (name: string): Stage => ({ at: 'subject', subject: { kind: 'User', name, namespace: '' } });
const step = (from: Stage, to: Stage): EscalationPath['steps'][number] => ({ reason: 'impersonate-users', from, to, namespace: '', grants: [], isConditional: false });
const path = (...names: string[]): EscalationPath => {
  const stages = [...names.map(at), { at: 'cluster-admin' } as const];
  return { start: stages[0]!, steps: stages.slice(1).map((to, i) => step(stages[i]!, to)), isConditional: false };
};

describe('paths as text', () => {
  it('are one chart, what they share drawn once', () => {
    expect(pathsAsMermaid([path('jane', 'boss'), path('joe', 'boss')]).split('\n')).toEqual([
      'flowchart LR', '  s0["user jane"]', '  s1["user boss"]', '  s0 -->|"can act as the user"| s1', '  s2(("cluster-admin"))', '  s1 -->|"can act as the user"| s2',
      '  s3["user joe"]', '  s3 -->|"can act as the user"| s1', '',
    ]);
  });

  it('hold nothing of a name that would be read as anything else, and end in bounded length', () => {
    const hostile = pathsAsMermaid([path('x"]; click s0 "javascript:alert(1)" <script>\n  end', 'y'.repeat(5_000))]);
    expect(hostile).not.toMatch(/<script|javascript:alert\(|y{200}/);
    expect(hostile.split('\n').filter((line) => line.includes('click'))).toHaveLength(1);
    const many = pathsAsMermaid(Array.from({ length: 1_000 }, (_, i) => path(`user-${i}`)));
    expect(many.split('\n').length).toBeLessThan(500);
    expect(many).toContain('more is left out');
  });

  it('say who does what where, by which binding and rule, and what it needs', () => {
    expect(stepText({
      reason: 'exec', from: at('jane'), to: { at: 'workload', kind: 'Deployment', namespace: 'ops', name: 'boss' }, namespace: 'ops', isConditional: false, needs: 'a running pod',
      grants: [{
        by: 'binding', subject: { kind: 'User', name: 'jane', namespace: '' }, binding: { kind: 'RoleBinding', namespace: 'ops', name: 'given' }, role: { kind: 'ClusterRole', namespace: '', name: 'edit' },
        aggregatedFrom: 'system:aggregate-to-edit', ruleIndex: 2, rule: { verbs: ['create'], apiGroups: [''], resources: ['pods/exec'], resourceNames: [], nonResourceURLs: [] },
      }],
    })).toBe('User jane can run commands in the pod in namespace ops, and so becomes Deployment ops/boss, by RoleBinding ops/given (rule 3 aggregated from system:aggregate-to-edit of ClusterRole edit); needs a running pod.');
  });
});
