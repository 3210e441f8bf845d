/** What can be done at addresses of HTTP: their data is fetched. */
import type { DownloadConnector } from '../connector.ts'
import { fetchFile, listFile } from './file.ts'

export const httpConnector: DownloadConnector = {
  holds: 'downloads',
  list: async (uri, options) => [await listFile(uri, options)],
  download: fetchFile,
}
