import type { ServicePort } from '#inventory/facts.js';

/** Ports that only administrators and other servers should ever reach, by what listens there. */
const adminPorts: Readonly<Record<number, string>> = {
  21: 'FTP', 22: 'SSH', 23: 'Telnet', 135: 'Windows RPC', 139: 'NetBIOS', 445: 'SMB', 873: 'rsync', 1433: 'SQL Server', 1521: 'Oracle', 2049: 'NFS', 2181: 'ZooKeeper',
  2375: 'Docker', 2376: 'Docker', 2379: 'etcd', 2380: 'etcd', 3306: 'MySQL', 3389: 'Remote Desktop', 4444: 'remote debugging', 5005: 'Java debugging', 5432: 'PostgreSQL',
  5601: 'Kibana', 5672: 'RabbitMQ', 5900: 'VNC', 5984: 'CouchDB', 5985: 'WinRM', 5986: 'WinRM', 6379: 'Redis', 6443: 'the API server', 7001: 'WebLogic', 8200: 'Vault', 8500: 'Consul', 9042: 'Cassandra',
  9092: 'Kafka', 9200: 'Elasticsearch', 9229: 'Node debugging', 9300: 'Elasticsearch', 10250: 'the kubelet', 10255: 'the kubelet', 11211: 'memcached', 15672: 'RabbitMQ', 27017: 'MongoDB', 50000: 'Jenkins agents',
};

/** What an admin port of a Service leads to, by its own port, its target's or the name it goes by; undefined where there is none. */
export function adminTargetOf(ports: readonly ServicePort[]): string | undefined {
  for (const { port, targetPort } of ports) {
    for (const number of [typeof targetPort === 'number' ? targetPort : undefined, port]) {
      const found = number === undefined ? undefined : adminPorts[number];
      if (found !== undefined) return `${found} on port ${number}`;
    }
  }
  return undefined;
}
