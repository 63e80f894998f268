-- What Prisma cannot express: the functions of the embedded event log.

-- Appends records to one partition and returns the offset of the first. The row of bus.heads stays locked until commit,
-- so offsets have no gaps and become visible in order.
CREATE FUNCTION bus.append(topic_name text, partition_number int, keys text[], record_values text[], record_headers jsonb[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  record_count int := cardinality(keys);
  first_offset bigint;
BEGIN
  UPDATE bus.heads SET next = next + record_count
    WHERE topic = topic_name AND partition = partition_number
    RETURNING next - record_count INTO first_offset;
  IF first_offset IS NULL THEN
    RAISE EXCEPTION 'topic % has no partition %', topic_name, partition_number USING ERRCODE = 'no_data_found';
  END IF;
  INSERT INTO bus.events (topic, partition, "offset", key, value, headers)
    SELECT topic_name, partition_number, first_offset + r.position - 1, r.key, r.value, r.headers
    FROM unnest(keys, record_values, record_headers) WITH ORDINALITY AS r(key, value, headers, position);
  PERFORM pg_notify('bus', topic_name || ':' || partition_number);
  RETURN first_offset;
END
$$;
