#include <iostream>
#include <string>
#include <vector>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/types.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/sem.h>

using namespace std;

runtime_error failed(const string& call) {
  return runtime_error(call + ": " + strerror(errno));
}

// base of everything in the kernel that has to be removed
class KernelObject {
protected:
  int id = -1;
public:
  virtual void remove() = 0;
  virtual ~KernelObject() {}
};

class Semaphores : public KernelObject {
public:
  Semaphores(key_t key, int n) {
    id = semget(key, n, IPC_CREAT | IPC_EXCL | 0644);
    if (id < 0) throw failed("semget");
  }
  void change(int which, int by) {
    struct sembuf b = {(unsigned short) which, (short) by, 0};
    int r;
    do { r = semop(id, &b, 1); } while (r < 0 && errno == EINTR);
    if (r < 0) throw failed("semop");
  }
  void remove() override {
    if (semctl(id, 0, IPC_RMID) < 0) throw failed("semctl");
  }
};

class SharedMemory : public KernelObject {
public:
  SharedMemory(key_t key, size_t n) {
    id = shmget(key, n, IPC_CREAT | IPC_EXCL | 0644);
    if (id < 0) throw failed("shmget");
  }
  char* attach() {
    void* p = shmat(id, NULL, 0);
    if (p == (void*) -1) throw failed("shmat");
    return (char*) p;
  }
  void remove() override {
    if (shmctl(id, IPC_RMID, NULL) < 0) throw failed("shmctl");
  }
};

int main() {
  vector<KernelObject*> made;
  int status = 0;
  try {
    Semaphores* sems = new Semaphores(5678, 2);
    made.push_back(sems);
    SharedMemory* mem = new SharedMemory(5678, 27);
    made.push_back(mem);
    char* text = mem->attach();

    cout << "Writing the alphabet..." << endl;
    string alphabet;
    for (char c = 'a'; c <= 'z'; c++) alphabet += c;
    strcpy(text, alphabet.c_str());

    cout << "Waiting for the client..." << endl;
    sems->change(0, 1);
    sems->change(1, -1);
    cout << "Done." << endl;
  } catch (exception& e) {
    cerr << e.what() << endl;
    status = 1;
  }
  while (!made.empty()) {
    try {
      made.back()->remove();
    } catch (exception& e) {
      cerr << e.what() << endl;
      status = 1;
    }
    delete made.back();
    made.pop_back();
  }
  return status;
}
