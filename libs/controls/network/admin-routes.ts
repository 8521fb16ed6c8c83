import { serviceKind, type Route } from './routes/route.js';

/** Words by which hosts and Services call what administrators use. */
const words: ReadonlySet<string> = new Set([
  'admin', 'administrator', 'backoffice', 'console', 'dashboard',
  'adminer', 'airflow', 'akhq', 'alertmanager', 'argocd', 'awx', 'cerebro', 'concourse', 'consul', 'flower', 'grafana', 'headlamp', 'hubble', 'jaeger', 'jenkins',
  'jupyter', 'jupyterhub', 'kafdrop', 'kiali', 'kibana', 'kubeflow', 'longhorn', 'mlflow', 'nomad', 'opensearch', 'pgadmin', 'phpmyadmin',
  'portainer', 'prometheus', 'rabbitmq', 'rancher', 'redisinsight', 'rundeck', 'sonarqube', 'spinnaker', 'teamcity', 'thanos', 'traefik', 'vault', 'zabbix', 'zipkin',
]);

/** First pieces of paths at which frameworks and products keep what is theirs. */
const paths: ReadonlySet<string> = new Set([
  '_cat', '_cluster', 'actuator', 'admin', 'adminer', 'admin-console', 'administrator', 'argocd', 'console', 'debug', 'druid', 'grafana', 'heapdump', 'h2-console', 'jenkins', 'jolokia', 'kibana', 'manager', 'metrics',
  'pgadmin', 'phpmyadmin', 'prometheus', 'server-status', 'wp-admin',
]);

const wordIn = (text: string): string | undefined => text.toLowerCase().split(/[^a-z0-9]+/).find((word) => words.has(word));

/** Why a route looks like one for administrators; undefined where nothing says so. Names alone tell: a wrong guess costs an exception, a missed one nothing that was known before. */
export function adminReasonOf(route: Route): string | undefined {
  for (const host of route.hosts) {
    // The domain says nothing of what is behind one of its names.
    if (wordIn(host.split('.')[0]!) !== undefined) return `host ${host.slice(0, 253)}`;
  }
  for (const { path } of route.matches) {
    const [, first = ''] = path.split('/');
    if (paths.has(first.toLowerCase().replace(/[^a-z0-9_-].*$/, ''))) return `path ${path.slice(0, 200)}`;
  }
  for (const { kind, name } of route.backends) if (kind === serviceKind && wordIn(name) !== undefined) return `Service ${name}`;
  return undefined;
}
