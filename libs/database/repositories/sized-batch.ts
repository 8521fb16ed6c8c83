/** Bytes of sealed evidence that are read at a time, where not one row alone has more. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_ROWS = 200;

/**
 * Condition for the next rows of cluster $1 by node, after $2 where it is not null. How long a value is stands outside of it, so that
 * those that are not taken are not read either. One node as a bound, not a list of nodes: fresh tables have no statistics, and the
 * planner would go through the list for every row. `table` is a name of ours.
 */
export const nextByNode = (table: string): string =>
  `cluster_id = $1 and sealed is not null and node > coalesce($2::text, '') and node <= (
     select max(node) from (
       select node, sum(bytes) over (order by node) as upto, row_number() over (order by node) as place
       from (select node, octet_length(sealed) as bytes from bulwark.${table}
             where cluster_id = $1 and sealed is not null and node > coalesce($2::text, '') order by node limit ${BATCH_ROWS}) as page) as sized
     where place = 1 or upto <= ${BATCH_BYTES})`;
