/** Parts of addresses. */

/** Percent-encoded text of an address, decoded; text that is no valid encoding is returned as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether a host is this machine, which is reached without a network. An IPv6 address may stand in brackets, as in addresses. */
export const isThisMachine = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host)
