/** What can be done at addresses of HTTP: their data is fetched. */
import type { DownloadConnector } from '../connector.ts'
import { fetchFile, listFile } from './file.ts'
import { asksRecords, fetchRecords } from './records.ts'

export const httpConnector: DownloadConnector = {
  holds: 'downloads',
  // how much an API has is known only when all of it was read
  list: async (uri, options) => [asksRecords(options) ? { uri, bytes: 0 } : await listFile(uri, options)],
  download: (uri, path, options) => (asksRecords(options) ? fetchRecords : fetchFile)(uri, path, options),
}
