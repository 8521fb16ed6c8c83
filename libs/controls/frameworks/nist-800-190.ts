/**
 * NIST SP 800-190: a countermeasure of section 4 an item, each against the risk of the same number in section 3 (4.1.1
 * against 3.1.1). Titles are our own words.
 */
export const nist800190 = {
  '4.1.1': 'Images: known vulnerabilities are found, and kept out',
  '4.1.2': 'Images: their configuration is hardened, without root and remote shells',
  '4.1.3': 'Images: malware in them is looked for',
  '4.1.4': 'Images: secrets come at run time, not in clear text',
  '4.1.5': 'Images: only those from trusted sources run, and they are verified',
  '4.2.1': 'Registries: connections to them are encrypted',
  '4.2.2': 'Registries: old images are not run by mistake',
  '4.2.3': 'Registries: who reads and writes them has to prove it',
  '4.3.1': 'Orchestrator: administrators have the rights of their task and no more',
  '4.3.2': 'Orchestrator: nobody gets in without strong authentication',
  '4.3.3': 'Orchestrator: networks of different sensitivity are parted',
  '4.3.4': 'Orchestrator: workloads of different sensitivity are kept from each other',
  '4.3.5': 'Orchestrator: nodes join with an identity and are trusted by it alone',
  '4.4.1': 'Runtime: the runtime itself gets its fixes',
  '4.4.2': 'Runtime: what containers may reach on the network is bounded',
  '4.4.3': 'Runtime: containers are configured as a standard asks',
  '4.4.4': 'Runtime: what applications do is watched and bounded',
  '4.4.5': 'Runtime: containers that nobody asked for are not let in',
  '4.5.1': 'Host: its system is a small one, made for containers',
  '4.5.2': 'Host: workloads that share a kernel are kept from it',
  '4.5.3': 'Host: its components get their fixes',
  '4.5.4': { title: 'Host: logins to it are few, and watched', outside: 'logins to nodes leave no trace in the API' },
  '4.5.5': 'Host: containers mount little of its file system',
  '4.6': { title: 'Hardware: the boot of a node is measured and attested', outside: 'the hardware beneath a node does not show in the cluster' },
} as const;
