-- What Prisma cannot express: the append function of the embedded event log.

-- Appends one batch, all or nothing; record i goes to partitions[i]. The rows of bus.heads stay locked until commit, so
-- offsets have no gaps and become visible in order; they are locked in order of partition, so publishers cannot deadlock.
CREATE FUNCTION bus.append(topic_name text, partitions int[], keys text[], record_values text[], record_headers text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  appended int;
BEGIN
  PERFORM FROM bus.heads WHERE topic = topic_name AND partition = ANY (partitions) ORDER BY partition FOR UPDATE;
  INSERT INTO bus.events (topic, partition, "offset", key, value, headers)
    SELECT topic_name, h.partition, h.next + row_number() OVER (PARTITION BY h.partition ORDER BY r.position) - 1, r.key, r.value, r.headers::jsonb
    FROM unnest(partitions, keys, record_values, record_headers) WITH ORDINALITY AS r(partition, key, value, headers, position)
    JOIN bus.heads h ON h.topic = topic_name AND h.partition = r.partition;
  GET DIAGNOSTICS appended = ROW_COUNT;
  IF appended <> cardinality(keys) THEN
    RAISE EXCEPTION 'topic % does not have all of the partitions', topic_name USING ERRCODE = 'no_data_found';
  END IF;
  UPDATE bus.heads h SET next = h.next + counted.records
    FROM (SELECT p AS partition, count(*) AS records FROM unnest(partitions) AS p GROUP BY p) AS counted
    WHERE h.topic = topic_name AND h.partition = counted.partition;
  PERFORM pg_notify('bus', topic_name || ':' || p) FROM (SELECT DISTINCT unnest(partitions) AS p) AS touched;
END
$$;
