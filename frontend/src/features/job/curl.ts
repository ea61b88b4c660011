/** A command that asks the API for `path` as the page does; the token comes from the command line's own key. */
export function curlFor(address: string, method: 'GET' | 'POST' = 'GET'): string {
  const quoted = `'${address.replaceAll("'", `'\\''`)}'`;
  return `curl -s ${method === 'POST' ? '-X POST ' : ''}${quoted} -H "Authorization: Bearer $(agent2-ingestor token)"`;
}
