import type { GrantChain, RbacRef } from './access-facts.js';
import type { ReasonId } from './escalation-reasons.js';
import type { EscalationStep, Stage } from './escalation-world.js';

/** What is done, by reason, as a clause that follows a name. */
const deeds: Readonly<Record<ReasonId, string>> = {
  'everything': 'may do everything',
  'create-workloads': 'can start a pod that runs as the account',
  'change-pods': 'can put a container of its own into the pod',
  'exec': 'can run commands in the pod',
  'reach-ports': "can connect to the pod's ports",
  'mint-tokens': 'can have a token of the account issued',
  'impersonate-accounts': 'can act as the account',
  'impersonate-users': 'can act as the user',
  'read-secrets': 'can read the Secret that holds the token',
  'nodes-proxy': "can run commands in the node's pods through its kubelet",
  'mutating-webhooks': 'can rewrite every new pod by a webhook',
  'crd-conversion': 'can rewrite custom resources that an operator obeys',
  'operator-resources': 'can have an operator write objects with its own rights',
  'node-status': "can draw pods to a node that it controls",
  'pod-status': "can lead the pod's clients to an address of its own",
  'bind-cluster-role': 'can bind any cluster role to itself',
  'escalate-cluster-role': 'can write any right into a cluster role',
  'impersonate-masters': 'can act as a member of system:masters',
  'bind-role': 'can bind any role to itself in the namespace',
  'escalate-role': 'can write any right into a role of the namespace',
  'make-token-secrets': 'can make a token Secret of the account and read it',
  'approve-certificates': 'can have a client certificate of any name signed',
  'host-path-volumes': 'can mount a path of the host through a volume of its own',
  'relax-admission': "can take off the namespace's admission label and start a privileged pod",
  'open-namespace': 'can start a privileged pod in a namespace of its own',
  'create-host-workloads': 'can start a privileged pod',
  'superuser': 'is let in before RBAC is asked',
  'mounted-token': 'has a token of the account in its pods',
  'host-access': 'can break out to the node',
  'node-tokens': "has the tokens of the node's pods at hand",
  'control-plane-keys': "has the cluster's keys at hand",
  'bind-named-role': 'can bind the role to itself',
  'impersonate-named-groups': 'can act as a member of the group',
  'namespace-admin': 'rules the namespace',
};

/** `Role shop/reader`. */
const refText = ({ kind, namespace, name }: RbacRef): string => `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;

/** `service account shop/web`, `Deployment shop/web`, `root on node a`. */
export function stageText(stage: Stage): string {
  switch (stage.at) {
    case 'subject': {
      const { kind, namespace, name } = stage.subject;
      return kind === 'ServiceAccount' ? `service account ${namespace}/${name}` : `${kind.toLowerCase()} ${name}`;
    }
    case 'workload': return `${stage.kind} ${stage.namespace}/${stage.name}`;
    case 'host': return stage.node === undefined ? 'root on a node of its choice' : `root on node ${stage.node}`;
    case 'role': {
      const where = stage.namespace === '' ? 'the whole cluster' : `namespace ${stage.namespace}`;
      return stage.role === '*' ? `every right in ${where}` : `the rights of ${stage.role} in ${where}`;
    }
    case 'cluster-admin': return 'cluster-admin';
  }
}

export const deedText = (reason: ReasonId): string => deeds[reason];

/** One sentence: who does what and where, what that leads to, by which binding and rule, and what must hold besides. */
export function stepText({ reason, from, to, namespace, grants, needs }: EscalationStep): string {
  const where = namespace === '' ? '' : ` in namespace ${namespace}`;
  const by = grants.map(grantText).join(', and ');
  return `${capital(stageText(from))} ${deeds[reason]}${where}, and so becomes ${stageText(to)}${by === '' ? '' : `, by ${by}`}${needs === undefined ? '' : `; needs ${needs}`}.`;
}

function grantText(chain: GrantChain): string {
  if (chain.by === 'superuser') return `membership of ${chain.subject.name}`;
  const of = chain.aggregatedFrom === undefined ? '' : ` aggregated from ${chain.aggregatedFrom}`;
  return `${refText(chain.binding)} (rule ${chain.ruleIndex + 1}${of} of ${refText(chain.role)})`;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
