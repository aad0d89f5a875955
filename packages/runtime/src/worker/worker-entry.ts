/** What a worker process runs: `node --permission --allow-fs-read=… <workerEntry>`, with the pipe for frames as file descriptor 3. */
export const workerEntry = new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url)
