// Writes the volatility model as an ONNX graph in doubles; the same calculation as domain/log-har.ts.
//
//   features [N,7] ─MatMul weights─Add intercept─► log_variance [N,1] ─Add offsets[1,3]─Exp─Sqrt─► daily_volatility [N,3]
//                                                                                    └─Mul sqrt(252)─► annualised_volatility [N,3]
//   columns of the volatilities: mean, lower end, upper end of the interval

import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { FEATURES } from '../domain/features.ts';
import { logOffsets, TRADING_DAYS_PER_YEAR, type LogHarParameters } from '../domain/log-har.ts';
import { ModelProtoSchema, type NodeProtoSchema, type TensorProtoSchema, type ValueInfoProtoSchema } from '../generated/onnx_pb.ts';

/** Understood by onnxruntime since 1.20; IR 10 came with operator set 21. */
const IR_VERSION = 10n;
const OPERATOR_SET = 21n;
/** TensorProto.DataType.DOUBLE */
const DOUBLE = 11;

export interface OnnxLabels {
  readonly name: string;
  readonly version: string;
  readonly trainedThrough: string;
}

/** @returns the file's bytes; equal parameters give equal bytes. */
export function volatilityOnnx(parameters: LogHarParameters, labels: OnnxLabels): Uint8Array {
  const [intercept, ...weights] = parameters.coefficients;
  if (weights.length !== FEATURES.length) throw new RangeError(`coefficients must be ${FEATURES.length + 1}, were ${parameters.coefficients.length}`);
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'market-intel-brain',
    producerVersion: labels.version,
    opsetImport: [{ domain: '', version: OPERATOR_SET }],
    graph: {
      name: labels.name,
      node: [
        node('MatMul', ['features', 'weights'], 'weighted'),
        node('Add', ['weighted', 'intercept'], 'log_variance'),
        node('Add', ['log_variance', 'offsets'], 'log_levels'),
        node('Exp', ['log_levels'], 'variances'),
        node('Sqrt', ['variances'], 'daily_volatility'),
        node('Mul', ['daily_volatility', 'year'], 'annualised_volatility'),
      ],
      initializer: [
        tensor('weights', [FEATURES.length, 1], weights),
        tensor('intercept', [1, 1], [intercept!]),
        tensor('offsets', [1, 3], logOffsets(parameters)),
        tensor('year', [1, 1], [Math.sqrt(TRADING_DAYS_PER_YEAR)]),
      ],
      input: [value('features', FEATURES.length)],
      output: [value('log_variance', 1), value('daily_volatility', 3), value('annualised_volatility', 3)],
    },
    metadataProps: [
      { key: 'features', value: FEATURES.map(({ name }) => name).join(' ') },
      { key: 'trainedThrough', value: labels.trainedThrough },
    ],
  }));
}

function node(opType: string, input: string[], output: string): MessageInitShape<typeof NodeProtoSchema> {
  return { name: output, opType, input, output: [output] };
}

/** Raw data is little endian by the ONNX specification, whatever the machine. */
function tensor(name: string, dims: readonly number[], values: readonly number[]): MessageInitShape<typeof TensorProtoSchema> {
  const rawData = new Uint8Array(values.length * 8);
  const view = new DataView(rawData.buffer);
  values.forEach((number, index) => view.setFloat64(index * 8, number, true));
  return { name, dims: dims.map(BigInt), dataType: DOUBLE, rawData };
}

/** Any number of rows. */
function value(name: string, width: number): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = [{ value: { case: 'dimParam' as const, value: 'rows' } }, { value: { case: 'dimValue' as const, value: BigInt(width) } }];
  return { name, type: { value: { case: 'tensorType', value: { elemType: DOUBLE, shape: { dim } } } } };
}
