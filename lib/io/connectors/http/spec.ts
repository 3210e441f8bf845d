/** https and http: files of web servers, records of APIs. */
import * as z from 'zod'
import type { ConnectorKind } from '../connector.ts'
import { addressProblem, connectionAt, connectionUri } from './address.ts'
import { connectionSettings, READ_SETTINGS, sourceSettings } from './settings.ts'

export const https: ConnectorKind = {
  scheme: 'https',
  summary: 'Files of web servers and records of APIs. They are fetched once into the run, and everything reads that copy.',
  forms: { 'https://host/path/sales.csv': 'one file; with the settings of a connection also the records of an API' },
  dataset: (uri) => {
    const { origin, pathname, search } = new URL(uri)
    return { namespace: origin, name: `${pathname}${search}` }
  },
  problem: addressProblem,
  access: () => [],
  connection: {
    settings: connectionSettings,
    secrets: ['url', 'password', 'bearer_token', 'api_key', 'client_secret'],
    source: sourceSettings,
    target: z.strictObject({}),
    reading: READ_SETTINGS,
    address: connectionUri,
    fromAddress: connectionAt,
  },
  load: async () => (await import('./behaviour.ts')).httpConnector,
}

export const http: ConnectorKind = {
  ...https,
  scheme: 'http',
  summary: 'The same without encryption: what is sent and received can be read on the way.',
  forms: { 'http://host/path/sales.csv': 'one file' },
}
