#define KEY 5678
#define SIZE 27
#define FIFO_GO "/tmp/fifo.go"
#define FIFO_OK "/tmp/fifo.ok"
