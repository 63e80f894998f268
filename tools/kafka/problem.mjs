// Exits 0 where Kafka can run here, else prints why not and exits 1.
import { kafkaJars } from './jars.mjs';

const { unavailable } = await kafkaJars();
if (unavailable) console.log(unavailable);
process.exit(unavailable ? 1 : 0);
