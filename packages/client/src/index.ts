export { createClient } from './create-client.ts'
export type { Client, FunctionCall, FunctionResult, NeedLoginEvent, ResponseEvent } from './create-client.ts'
export type { ClientCipher, ClientOptions } from './client-options.ts'
export type {
  FilePath,
  FileProgress,
  Host,
  HostAnswer,
  HostFiles,
  HostRequest,
  HostSocket,
  HostSocketEvents,
  HostUi,
  HostUpload,
  KeptFile,
  UserKey,
  Weixin,
} from './host.ts'
export type {
  DownloadedFile,
  FileCalls,
  FileDownload,
  FileRemoval,
  FileUpload,
  FileUrls,
  FileUrlsRequest,
  RemovedFiles,
  UploadedFile,
} from './files/create-file-calls.ts'
export type { Done, SocketOpened, SocketRequest, SocketTask } from './socket/create-socket-task.ts'
export { UniCloudError } from './uni-cloud-error.ts'
export type { UniCloudErrorParts } from './uni-cloud-error.ts'
export { suite2 } from './secure/suite2.ts'
export { createBrowserHost } from './hosts/create-browser-host.ts'
export type { BrowserHostOptions, BrowserParts } from './hosts/create-browser-host.ts'
export { createNodeHost } from './hosts/create-node-host.ts'
export type { NodeHostOptions } from './hosts/create-node-host.ts'
export { createMiniProgramHost } from './hosts/create-mini-program-host.ts'
export type { Wx, WxSocketTask } from './hosts/wx.ts'
export type { WeixinInit } from './weixin/create-weixin-subjects.ts'
export type { CloudObject, ImportObjectOptions, NewToken, SystemErrorFacts } from './uni/create-import-object.ts'
export type { Interceptor } from './uni/create-interceptors.ts'
export type { SecretOptions } from './uni/secret-options.ts'
export type { RouteRequest, RouteResponse } from './uni/call-route.ts'
export type { UserInfo } from './uni/read-user-info.ts'
export type { Callbacks } from './with-callbacks.ts'
