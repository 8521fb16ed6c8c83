/** Some of what the sample says of itself that it is wrong, in every layer. */
export const shopFaults = [
  'control-plane/anonymous-access|RoleBinding/legacy/status-page|User:system:anonymous',
  'control-plane/audit-logging|Pod/kube-system/kube-apiserver-shop-cp-1|policy',
  'control-plane/cluster-admin-bindings|ClusterRoleBinding//ci-deployer-cluster-admin|',
  'control-plane/dashboard-exposure|Deployment/kubernetes-dashboard/kubernetes-dashboard|service',
  'control-plane/escalation-verbs|ClusterRoleBinding//tenant-bootstrap|escalate',
  'control-plane/secret-readers|ClusterRoleBinding//search-indexer-secrets|',
  'control-plane/wildcard-rules|ClusterRole//shop-superuser|verbs',
  'governance/version-support|Cluster//cluster|nodes',
  'network/default-deny-egress|Namespace//shop-orders|',
  'network/exposed-services|Service/data/adminer|node-port',
  'network/ingress-tls|Ingress/legacy/promo|tls',
  'supply-chain/digest-pinning|StatefulSet/data/redis|redis/tag',
  'supply-chain/trusted-registries|Pod/default/netshoot|netshoot',
  'workloads/capabilities-added|Deployment/legacy/ftp-gateway|proftpd',
  'workloads/host-path|DaemonSet/legacy/log-agent|root',
  'workloads/privileged|StatefulSet/ci/runner|dind',
  'workloads/psa-enforce|Namespace//search|enforce',
  'workloads/run-as-non-root|Deployment/search/suggest|suggest',
  'workloads/runtime-socket|CronJob/ci/image-pruner|run',
  'workloads/seccomp|Deployment/legacy/gift-cards|gift-cards',
] as const;

/** What the sample is proud of: nothing is found that starts like this. */
export const shopMerits = [
  'network/ingress-tls|Ingress/shop-frontend/', 'network/ingress-tls|Ingress/payments/', 'network/default-deny-ingress|Namespace//payments|', 'control-plane/api-server-authz|',
  ...['privileged', 'seccomp', 'run-as-non-root', 'capabilities-drop-all', 'resource-limits'].map((slug) => `workloads/${slug}|Deployment/shop-frontend/storefront|`),
];
