/** A Linux capability as the kernel's headers name it, without `CAP_`: runtimes take either form in any case. */
export const capabilityName = (written: string): string => written.toUpperCase().replace(/^CAP_/, '');

/** Each of these is the node, its traffic or its files; ALL holds them all. */
export const criticalCapabilities: ReadonlySet<string> = new Set(['ALL', 'BPF', 'DAC_READ_SEARCH', 'NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_PTRACE']);
