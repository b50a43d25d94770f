// second try, in C++
#include <sys/shm.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <iostream>
#include <thread>

struct Data {
	std::atomic<int> turn;
	char text[27];
};

int main()
{
	const int id = shmget(5678, sizeof(Data), IPC_CREAT | IPC_EXCL | 0600);
	if (id < 0) {
		std::cerr << "shmget\n";
		return 1;
	}
	auto* data = static_cast<Data*>(shmat(id, nullptr, 0));
	std::strcpy(data->text, "abcdefghijklmnopqrstuvwxyz");
	data->turn = 1;
	while (data->turn != 2)
		std::this_thread::sleep_for(std::chrono::milliseconds(1));
	shmctl(id, IPC_RMID, nullptr);
}
