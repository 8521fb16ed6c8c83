/** Bytes of sealed evidence that are read at a time, where not one row alone has more. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_ROWS = 200;

/**
 * The next rows of a cluster by node, after $2 where it is not null. How long a value is stands outside of it, so that those
 * that are not taken are not read either. `table` is a name of ours.
 */
export const nextByNode = (table: string): string =>
  `select node from (
     select node, sum(bytes) over (order by node) as upto, row_number() over (order by node) as place
     from (select node, octet_length(sealed) as bytes from bulwark.${table}
           where cluster_id = $1 and sealed is not null and ($2::text is null or node > $2) order by node limit ${BATCH_ROWS}) as page) as sized
   where place = 1 or upto <= ${BATCH_BYTES}`;
