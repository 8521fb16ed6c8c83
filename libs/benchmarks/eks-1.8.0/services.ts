import type { RowSection } from '../extend.js';
import { approvedRegistries, cloudField, cloudItem, lookAt, ownIdentities, policyEngine, privateNodes, servedWithCertificates } from '../managed-items.js';
import { all, any } from '../rules/rule.js';
import { equal, has, isSet, lacks } from '../rules/value-test.js';

const vpc = (field: string): readonly (readonly string[])[] => [['cluster', 'resourcesVpcConfig', field]];

export const eksControlPlane: RowSection = {
  id: '2.1', title: 'Logging',
  rows: [
    cloudItem('2.1.1', 'All control-plane log types shipped, audit included', 'manual', { kind: 'control-plane-logs', types: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] },
      'Run `aws eks update-cluster-config --name NAME --logging \'{"clusterLogging":[{"types":["api","audit","authenticator","controllerManager","scheduler"],"enabled":true}]}\'`.'),
    lookAt('2.1.2', 'Audit logs collected and retained', 'manual', 'Whether the log group /aws/eks/NAME/cluster is there, and for how long it keeps events (`aws logs describe-log-groups`).',
      'Set a retention with `aws logs put-retention-policy --log-group-name /aws/eks/NAME/cluster --retention-in-days DAYS`, and have somebody read the log.'),
  ],
};

export const eksServices: readonly RowSection[] = [
  {
    id: '5.1', title: 'Image registry and scanning',
    rows: [
      lookAt('5.1.1', 'Container images are vulnerability-scanned', 'manual', 'Whether the registries scan images when they are pushed (`aws ecr get-registry-scanning-configuration`).', 'Run `aws ecr put-registry-scanning-configuration --scan-type ENHANCED`, or set scanOnPush on each repository.'),
      lookAt('5.1.2', 'Few users can write to ECR', 'manual', 'Who has ecr:PutImage and its like on the repositories, by IAM policies and by policies of the repositories.', 'Leave ecr:PutImage, ecr:InitiateLayerUpload, ecr:UploadLayerPart and ecr:CompleteLayerUpload to the roles of your build pipelines.'),
      lookAt('5.1.3', 'Nodes have read-only ECR access', 'manual', 'Which policies the role of the nodes has (`aws iam list-attached-role-policies`).', 'Attach AmazonEC2ContainerRegistryPullOnly, or ReadOnly, to the role of the nodes, and detach what may write.'),
      approvedRegistries('5.1.4'),
    ],
  },
  { id: '5.2', title: 'Identity of workloads', rows: [ownIdentities('5.2.1', 'Workloads use their own IAM identity (IRSA or Pod Identity)', 'Make a role for each workload that uses AWS, tie it to its service account with `aws eks create-pod-identity-association` or the annotation eks.amazonaws.com/role-arn, and take rights from the role of the nodes.')] },
  {
    id: '5.3', title: 'Keys',
    rows: [cloudItem('5.3.1', 'Secrets envelope-encrypted with a customer KMS key', 'manual',
      all(cloudField('eks', [['resources']], has('secrets'), { each: ['cluster', 'encryptionConfig'], absent: { means: null } }), cloudField('eks', [['provider', 'keyArn']], isSet, { each: ['cluster', 'encryptionConfig'], absent: { means: null } })),
      'Run `aws eks associate-encryption-config --cluster-name NAME --encryption-config \'[{"resources":["secrets"],"provider":{"keyArn":"ARN"}}]\'`; it cannot be taken back.')],
  },
  {
    id: '5.4', title: 'Networking',
    rows: [
      cloudItem('5.4.1', 'Public control-plane endpoint restricted', 'manual', any(cloudField('eks', vpc('endpointPublicAccess'), equal(false)), all(cloudField('eks', vpc('publicAccessCidrs'), lacks('0.0.0.0/0')), cloudField('eks', vpc('publicAccessCidrs'), lacks('::/0')))),
        'Run `aws eks update-cluster-config --name NAME --resources-vpc-config endpointPrivateAccess=true,publicAccessCidrs=CIDR` with the networks that you come from.'),
      cloudItem('5.4.2', 'Private endpoint on, public endpoint off', 'manual', all(cloudField('eks', vpc('endpointPrivateAccess'), equal(true)), cloudField('eks', vpc('endpointPublicAccess'), equal(false))),
        'Run `aws eks update-cluster-config --name NAME --resources-vpc-config endpointPrivateAccess=true,endpointPublicAccess=false`.'),
      privateNodes('5.4.3', 'manual', 'Put node groups into subnets that assign no public address (MapPublicIpOnLaunch false), with a NAT gateway or endpoints for what nodes fetch.'),
      policyEngine('5.4.4', 'Switch network policies on in the VPC CNI add-on (`enableNetworkPolicy: "true"`), or run Calico or Cilium, and write policies.'),
      servedWithCertificates('5.4.5', 'HTTPS load balancers carry certificates', 'manual', ['service.beta.kubernetes.io/aws-load-balancer-ssl-cert', 'alb.ingress.kubernetes.io/certificate-arn'],
        'Name a certificate of ACM by service.beta.kubernetes.io/aws-load-balancer-ssl-cert on the Service, or by alb.ingress.kubernetes.io/certificate-arn on the Ingress.'),
    ],
  },
  { id: '5.5', title: 'Authentication of people', rows: [lookAt('5.5.1', 'Cluster users authenticate through IAM', 'manual', 'Who is in the access entries (`aws eks list-access-entries`) and in aws-auth, and whether anybody comes in with a token of a service account instead.', 'Give people IAM roles with access entries, and take away service account tokens and certificates that people use.')] },
];
