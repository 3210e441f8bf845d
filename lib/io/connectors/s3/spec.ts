/** s3: objects in buckets. */
import type { ConnectorKind } from '../connector.ts'
import { addressOf } from './address.ts'

export const s3: ConnectorKind = {
  scheme: 's3',
  summary: 'Objects in Amazon S3 buckets, or in any S3-compatible storage (AWS_ENDPOINT_URL).',
  forms: {
    's3://bucket/sales.csv': 'one object',
    's3://bucket/sales/': 'every object below a prefix',
    's3://bucket/sales/*.csv': 'the objects that match a pattern',
  },
  dataset: (uri) => {
    const { bucket, key } = addressOf(uri)
    return { namespace: `s3://${bucket}`, name: key.replace(/\/$/, '') }
  },
  access: (uri) => {
    const { bucket, key } = addressOf(uri)
    // a wildcard or a reference ends what is known of the key
    const variable = key.search(/[*?[{]/)
    return [{ service: 's3', bucket, prefix: variable < 0 ? key : key.slice(0, variable) }]
  },
  target: { accepts: 'files', modes: ['replace', 'append', 'merge'], announces: true },
  load: async () => (await import('./behaviour.ts')).s3Connector,
}
