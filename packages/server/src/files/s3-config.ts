/** A bucket of anything that speaks S3: MinIO, Alibaba Cloud OSS, Tencent Cloud COS, AWS. */
export interface S3Config {
  /** The bucket itself: `http://minio:9000/my-bucket`, `https://my-bucket.oss-cn-hangzhou.aliyuncs.com`. */
  readonly bucketUrl: string
  /** What the signature names as region; MinIO's is `us-east-1` unless configured. */
  readonly region: string
  readonly accessKeyId: string
  /** The secret access key. */
  readonly secret: string
  /** Comes before every object's key, such as `uploads/`. */
  readonly prefix: string
  /** The bucket as clients reach it; then they read from it by URLs that it checks. Undefined: they read from this server. */
  readonly publicUrl?: string
}
