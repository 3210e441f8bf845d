/**
 * A run as OpenLineage events: https://openlineage.io/spec/2-0-2/OpenLineage.json and the facets under https://openlineage.io/spec/facets/.
 * The connectors name datasets as the specification requires.
 */
import { createHash } from 'node:crypto'
import type { CataloguedTable } from '#io/catalog/table.ts'
import { connectorKindOf } from '#io/connectors/index.ts'
import type { RunArtifacts, SegmentArtifacts } from '#data/ledger/artifacts.ts'
import { originsOf, outsideOf } from './origins.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { RunInfo } from '#core/task/task.ts'
import type { Json, JsonObject } from '#core/json.ts'

export interface LineageOptions {
  readonly namespace: string
  readonly columns: boolean
  readonly run: RunInfo
  readonly pipeline: { readonly id: string; readonly name: string }
  /** The time of the COMPLETE event, ISO 8601. */
  readonly now: string
}

const PRODUCER = 'https://www.npmjs.com/package/siftstep'
const SPEC = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'

const facet = (schema: string, fields: JsonObject): JsonObject => ({
  _producer: PRODUCER,
  _schemaURL: `https://openlineage.io/spec/facets/${schema}`,
  ...fields,
})

export function openLineageEvents(artifacts: RunArtifacts, options: LineageOptions): readonly JsonObject[] {
  const { run, pipeline, namespace } = options
  const common = {
    producer: PRODUCER,
    schemaURL: SPEC,
    run: {
      runId: uuidOf(run.id),
      facets: { nominalTime: facet('1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet', { nominalStartTime: run.ts }) },
    },
    job: {
      namespace,
      name: pipeline.id,
      facets: { documentation: facet('1-1-0/DocumentationJobFacet.json#/$defs/DocumentationJobFacet', { description: pipeline.name }) },
    },
  }
  const inputs: JsonObject[] = [
    ...artifacts.scans.flatMap(({ plan }, scan) => plan.sources.map((_, at) => inputOf(artifacts, scan, at, options))),
    ...[...new Set(outsideOf(artifacts).map(({ source }) => source))].map((source) => datasetAt(source, options)),
  ]
  const outputs = artifacts.segments.flatMap((segment) => (segment.file.output === null ? [] : [outputOf(segment, artifacts, options)]))
  return [
    {
      eventType: 'START',
      eventTime: run.started_at,
      ...common,
      inputs: inputs.map(({ namespace: space, name }) => ({ namespace: space ?? null, name: name ?? null })),
      outputs: [],
    },
    { eventType: 'COMPLETE', eventTime: options.now, ...common, inputs, outputs },
  ]
}

/** A UUID computed from the id of the run, the same on every machine (RFC 9562 version 8). */
function uuidOf(id: string): string {
  const hex = createHash('sha256').update(`siftstep run ${id}`).digest('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function inputOf({ scans, facts }: RunArtifacts, scan: number, at: number, options: LineageOptions): JsonObject {
  const plan = scans[scan]?.plan
  const source = plan?.sources[at]
  if (plan === undefined || source === undefined) throw new Error('the plan has no such source')
  const types = new Map(plan.columns.map(({ name, type }) => [name, type]))
  const own = plan.layouts[source.layout]?.columns ?? []
  const fields = own.map(({ physical, column }) => ({ name: physical, type: types.get(column) ?? 'text' }))
  const rowCount = source.records - source.bad
  // the facts cover all sources of the first dataset together
  const alone = scans.length === 1 && plan.sources.length === 1
  const columnMetrics = Object.fromEntries(
    own.flatMap(
      ({ physical, column }) => facts?.columns.filter(({ name }) => name === column).map((fact) => [physical, metricsOf(fact)]) ?? [],
    ),
  )
  return {
    ...datasetAt(source.uri, options),
    facets: { schema: facet('1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet', { fields }) },
    inputFacets: {
      inputStatistics: facet('1-0-0/InputStatisticsInputDatasetFacet.json#/$defs/InputStatisticsInputDatasetFacet', {
        rowCount,
        size: source.bytes,
        fileCount: 1,
      }),
      ...(alone && facts !== null
        ? {
            dataQualityMetrics: facet('1-0-2/DataQualityMetricsInputDatasetFacet.json#/$defs/DataQualityMetricsInputDatasetFacet', {
              rowCount,
              bytes: source.bytes,
              columnMetrics,
            }),
          }
        : {}),
    },
  }
}

const metricsOf = ({ missing, distinct, minimum, maximum, sum }: ColumnFacts): JsonObject => ({
  nullCount: missing,
  distinctCount: distinct.value,
  ...(typeof sum === 'number' ? { sum } : {}),
  ...(typeof minimum === 'number' ? { min: minimum } : {}),
  ...(typeof maximum === 'number' ? { max: maximum } : {}),
})

const datasetAt = (uri: string, { run }: LineageOptions) => connectorKindOf(uri).dataset(uri, run.folder)

function outputOf(segment: SegmentArtifacts, artifacts: RunArtifacts, options: LineageOptions): JsonObject {
  const { file } = segment
  const output = file.output
  if (output === null) throw new Error('the segment has no output')
  const { manifest } = output
  return {
    ...datasetAt(output.to, options),
    facets: {
      schema: facet('1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet', {
        fields: manifest.columns.map(({ name, type }) => ({ name, type })),
      }),
      ...(options.columns
        ? {
            columnLineage: facet('1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet', {
              fields: columnLineage(segment, artifacts, options),
            }),
          }
        : {}),
      ...(output.catalog == null ? {} : { symlinks: symlinksOf(output.catalog) }),
    },
    outputFacets: {
      outputStatistics: facet('1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet', {
        rowCount: manifest.rows,
        size: manifest.bytes,
        fileCount: manifest.files.length,
      }),
    },
  }
}

/** The name of the data in the catalog. The ARN of a catalog begins with region and account, which a run does not know. */
const symlinksOf = ({ database, table }: CataloguedTable) =>
  facet('1-0-1/SymlinksDatasetFacet.json#/$defs/SymlinksDatasetFacet', {
    identifiers: [{ namespace: 'arn:aws:glue', name: `table/${database}/${table}`, type: 'TABLE' }],
  })

/** For each output column, the source columns it was computed from. */
function columnLineage(segment: SegmentArtifacts, artifacts: RunArtifacts, options: LineageOptions): JsonObject {
  return Object.fromEntries(
    originsOf(segment, artifacts).map(({ name, fields, through, derived }) => {
      const transformation: Json = {
        type: 'DIRECT',
        subtype: derived || through.length > 0 ? 'TRANSFORMATION' : 'IDENTITY',
        description: [...new Set(through.map(({ step, rule }) => `${step}: ${rule}`))].join(', '),
        masking: false,
      }
      return [
        name,
        { inputFields: fields.map(({ uri, field }) => ({ ...datasetAt(uri, options), field, transformations: [transformation] })) },
      ]
    }),
  )
}
